// Another page of this server as a document, whose parts can be put into this one.  Its scripts do not run.
export function pageOf(url: URL | string): Promise<Document | null> {
	return new Promise((done) => {
		const request = new XMLHttpRequest();
		request.open("GET", url);
		request.responseType = "document";
		request.setRequestHeader("accept", "text/html");
		request.onload = () => done(request.responseXML);
		request.onerror = request.onabort = request.ontimeout = () => done(null);
		request.send();
	});
}
