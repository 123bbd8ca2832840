// What all scripts of a page have in common: each is a bundle of its own, with its own copy of every
// module, so that what a module remembers stands here.
const place = globalThis as { kontor?: Record<string, unknown> };

export function shared<T>(name: string, make: () => T): T {
	const all = (place.kontor ??= {});
	return (all[name] ??= make()) as T;
}
