// Shift and a click on a head add it to the order instead of replacing the order.
export function startSort(): void {
	document.addEventListener("click", (event) => {
		if (!event.shiftKey || !(event.target instanceof Element)) return;
		const add = event.target.closest<HTMLElement>("thead a[data-add]")?.dataset.add;
		if (!add) return;
		event.preventDefault();
		location.assign(add);
	});
}
