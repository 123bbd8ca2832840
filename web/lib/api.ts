// Calls of the programming interface in the person's own session.
export interface Reply {
	ok: boolean;
	status: number; // 0: no answer
	body: any;
	version: string; // of the record, for If-Match
	changeset: string; // what was changed, for undo
}

export interface Fault {
	field: string;
	detail: string;
}

const csrf = (): string => document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? "";

// `stays`: it goes on while another page is loaded.
export async function api(method: string, url: string, body?: unknown, headers: Record<string, string> = {}, stays = false): Promise<Reply> {
	const none = { ok: false, status: 0, body: null, version: "", changeset: "" };
	try {
		const reply = await fetch(url, {
			method,
			keepalive: stays,
			headers: {
				accept: "application/json",
				"x-csrf-token": csrf(),
				...(body === undefined ? {} : { "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json" }),
				...headers,
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const is_json = /json/.test(reply.headers.get("content-type") ?? "");
		return {
			ok: reply.ok, status: reply.status, body: is_json ? await reply.json() : null,
			version: (reply.headers.get("etag") ?? "").replaceAll('"', ""), changeset: reply.headers.get("kontor-changeset") ?? "",
		};
	} catch {
		return none;
	}
}

// Why a call was refused, in words for the person.
export function why(reply: Reply, otherwise: string): string {
	const faults: Fault[] = reply.body?.errors ?? [];
	return faults.map((one) => one.detail).join(" ") || reply.body?.detail || reply.body?.title || otherwise;
}
