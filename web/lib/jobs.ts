// The page of one's jobs is looked at again while something runs.
const AGAIN_MS = 1_000;

async function look(): Promise<void> {
	const old = document.getElementById("job-list");
	if (old?.dataset.running === undefined) return;
	const reply = await fetch("/jobs?part=1", { headers: { accept: "text/html" } }).catch(() => null);
	if (reply?.ok) {
		const focus = document.activeElement?.id;
		old.outerHTML = await reply.text();
		if (focus) document.getElementById(focus)?.focus();
	}
	setTimeout(() => void look(), AGAIN_MS);
}

export function startJobs(): void {
	if (document.getElementById("job-list")) setTimeout(() => void look(), AGAIN_MS);
}
