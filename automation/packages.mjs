// Plain JavaScript without packages: it runs before there are any.

/**
 * Whether what npm installed is what the lock file asks for. By content and not by file times, which every checkout,
 * copy and unpacked archive sets anew.
 * @param {string} lockText `package-lock.json`
 * @param {string | undefined} installedText `node_modules/.package-lock.json`, which npm writes at the end of an installation
 * @returns {boolean}
 */
export function packagesMatch(lockText, installedText) {
    if (installedText === undefined) {
        return false;
    }
    let installed;
    try {
        installed = JSON.parse(installedText).packages || {};
    } catch {
        return false;
    }
    return Object.entries(JSON.parse(lockText).packages).every(([path, wanted]) => {
        const found = installed[path];
        if (path === "" || wanted.link) {
            return true;
        }
        // Optional packages are left out where they are of no use, such as binaries of other platforms.
        return found === undefined ? wanted.optional === true || wanted.devOptional === true : found.version === wanted.version && found.integrity === wanted.integrity;
    });
}

/**
 * Whether a Node.js version is one that the packages run on: 20.19 or later, 22.12 or later, 23 or later.
 * @param {string} version like `20.19.0`
 * @returns {boolean}
 */
export function nodeIsSupported(version) {
    const [major, minor] = version.split(".").map(Number);
    return major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
}
