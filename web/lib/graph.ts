// The picture of a record's relations: the arrow keys lead from one to the next that lies that way.
const SIDE = 2.5; // what lies aside counts as so much farther

const WAYS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function middleOf(one: Element): [number, number] {
	const { left, top, width, height } = one.getBoundingClientRect();
	return [left + width / 2, top + height / 2];
}

function next(all: Element[], from: Element, [dx, dy]: [number, number]): Element | undefined {
	const [x, y] = middleOf(from);
	let best: Element | undefined;
	let least = Infinity;
	for (const one of all) {
		const [ox, oy] = middleOf(one);
		const ahead = (ox - x) * dx + (oy - y) * dy;
		const aside = Math.abs((ox - x) * dy) + Math.abs((oy - y) * dx);
		if (one !== from && ahead > 1 && ahead + SIDE * aside < least) {
			least = ahead + SIDE * aside;
			best = one;
		}
	}
	return best;
}

export function startGraph(): void {
	const box = document.querySelector(".graph");
	if (box) box.scrollLeft = (box.scrollWidth - box.clientWidth) / 2;
	document.getElementById("graph")?.addEventListener("keydown", (event) => {
		const way = WAYS[event.key];
		const from = (event.target as Element).closest("a");
		if (!way || !from || event.ctrlKey || event.metaKey || event.altKey) return;
		event.preventDefault();
		(next([...document.querySelectorAll("#graph a")], from, way) as SVGAElement | undefined)?.focus();
	});
}
