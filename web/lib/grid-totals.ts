// The totals of the columns come after the rows: they have to look at all records.
export async function loadTotals(): Promise<void> {
	const foot = document.querySelector<HTMLElement>("tfoot[data-totals]");
	if (!foot) return;
	try {
		const reply = await fetch(foot.dataset.totals ?? "", { headers: { accept: "text/html" } });
		if (reply.ok) foot.innerHTML = await reply.text();
	} catch {
		// The page is being left, or the server is away: the link to the totals stays.
	}
}
