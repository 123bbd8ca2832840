// How each single test ended: lines STATE <tab> TITLE for tools/node-test; what failed goes to standard
// error, for people.
export default async function* report(source) {
	for await (const { type, data } of source) {
		if (type !== "test:pass" && type !== "test:fail") continue;
		const isSuite = data.details?.type === "suite";
		const error = data.details?.error;
		// A parent that failed only because of its children has been counted through them.
		const ofChildren = error?.failureType === "subtestsFailed";
		if (type === "test:fail" && !ofChildren) {
			const cause = error?.cause ?? error;
			process.stderr.write(`failed: ${data.name}\n${cause?.stack ?? cause}\n\n`);
		}
		if (ofChildren || (isSuite && type === "test:pass")) continue;
		const state = data.skip !== undefined || data.todo !== undefined ? "skip" : type === "test:pass" ? "ok" : "fail";
		yield `${state}\t${data.name.replace(/[\t\n]/g, " ")}\n`;
	}
}
