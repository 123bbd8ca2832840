// Trusted Types: markup comes only from our own server, as fragments of pages.  What a script would do
// in them is forbidden by the content security policy; this keeps such markup from coming in at all.
interface Policies {
	createPolicy(name: string, rules: { createHTML(text: string): string; createScriptURL?(text: string): string }): unknown;
}

const FORBIDDEN = /<script\b|\son[a-z]+\s*=|javascript:/i;

const policies = (window as { trustedTypes?: Policies }).trustedTypes;
policies?.createPolicy("default", {
	createHTML(text) {
		if (FORBIDDEN.test(text.replaceAll(/"[^"]*"|>[^<]*</g, (part) => (part.startsWith(">") ? "><" : '""')))) {
			throw new TypeError("A fragment of a page holds a script");
		}
		return text;
	},
	createScriptURL(text) {
		if (text !== "/worker.js") throw new TypeError("No script is loaded from there");
		return text;
	},
});
export {};
