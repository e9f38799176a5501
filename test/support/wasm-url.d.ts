// What Vite makes of an import with "?url": the file's address.

declare module "*?url" {
	const url: string;
	export default url;
}
