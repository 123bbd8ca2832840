// A browser without scripts: keeps cookies, sends forms.
export const PASSWORD = "ein-langes-Kennwort-1"; // of every user that the harness adds

export class Visitor {
	cookies = new Map();
	constructor(kontor, language = "en") {
		this.kontor = kontor;
		this.language = language;
	}
	async send(method, where, { body, headers = {} } = {}) {
		const reply = await fetch(this.kontor.url + where, { method, redirect: "manual", body, headers: { accept: "text/html", "accept-language": this.language, cookie: [...this.cookies].map(([k, v]) => `${k}=${v}`).join("; "), ...headers } });
		for (const line of reply.headers.getSetCookie()) {
			const [pair] = line.split(";"), at = pair.indexOf("=");
			this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
		}
		const text = await reply.text();
		this.csrf = /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? this.csrf;
		return { status: reply.status, headers: reply.headers, text, location: reply.headers.get("location") };
	}
	get(where) {
		return this.send("GET", where);
	}
	post(where, values = {}) {
		return this.send("POST", where, { body: new URLSearchParams({ csrf: this.csrf ?? "", ...values }) });
	}
	async signIn(login, password = PASSWORD) {
		await this.get("/sign-in");
		return this.post("/sign-in", { name: login, password });
	}
}
