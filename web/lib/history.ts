// The history as a slider through time: the record as it was at each of its changes, what differs from today marked.
export function startHistory(): void {
	const range = document.querySelector<HTMLInputElement>("#moment");
	const changes = [...document.querySelectorAll<HTMLElement>("#changes > li")].reverse(); // from the oldest
	if (!range || !changes.length) return;
	let asked = 0;
	const start = changes.findIndex((one) => one.ariaCurrent === "true");
	const tell = (item: HTMLElement) => {
		const words = `${item.dataset.at ?? ""} · ${item.querySelector("strong")?.textContent ?? ""}`;
		range.setAttribute("aria-valuetext", words);
		document.querySelector("#moment-text")?.replaceChildren(words);
		for (const one of changes) one.ariaCurrent = one === item ? "true" : null;
	};
	const show = async (item: HTMLElement) => {
		const number = ++asked;
		const url = new URL(item.dataset.state ?? "", location.href);
		tell(item);
		history.replaceState(history.state, "", url);
		url.searchParams.set("part", "1");
		const reply = await fetch(url, { headers: { accept: "text/html" } }).catch(() => null);
		const state = document.querySelector("#state");
		if (!reply?.ok || !state || number !== asked) return;
		const inside = document.createElement("div");
		inside.innerHTML = await reply.text();
		if (inside.firstElementChild && number === asked) state.replaceWith(inside.firstElementChild);
	};
	range.value = String((start < 0 ? changes.length - 1 : start) + 1);
	tell(changes[Number(range.value) - 1]!);
	range.addEventListener("input", () => {
		const item = changes[Number(range.value) - 1];
		if (item) void show(item);
	});
	for (const [i, item] of changes.entries())
		item.querySelector<HTMLAnchorElement>(".actions a")?.addEventListener("click", (event) => {
			if (event.ctrlKey || event.metaKey || event.shiftKey) return;
			event.preventDefault();
			range.value = String(i + 1);
			void show(item);
		});
}
