import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { readIfPresent, writeAtomically } from "../../toolchain/files";

/** Seconds that a login holds, as ECR's. */
const VALID = 12 * 3600;

/** Who holds a login: the owner of an access key; nobody in particular; or somebody whose time is over. */
export type Holder = { readonly accessKeyId: string } | "anonymous" | "expired";

/** Passwords for `docker login` that say whose they are, so that a push is judged by the rights of who asked ECR for one. */
export class RegistryTokens {
    /** @param now Seconds since 1970. */
    constructor(
        private readonly secret: Buffer,
        private readonly now: () => number,
    ) {}

    issue(accessKeyId: string): string {
        const content = Buffer.from(JSON.stringify([accessKeyId, Math.floor(this.now()) + VALID])).toString("base64url");
        return `${content}.${this.signature(content)}`;
    }

    /** @param authorization Header of a request: `Basic` by name and password, or `Bearer`. What was not issued here is as good as nothing. */
    holder(authorization: string | undefined): Holder {
        const [scheme = "", value = ""] = (authorization ?? "").split(" ");
        const token = scheme.toLowerCase() === "basic" ? Buffer.from(value, "base64").toString("utf8").replace(/^[^:]*:/, "") : value;
        const [content = "", signature = ""] = token.split(".");
        const expected = Buffer.from(this.signature(content));
        const given = Buffer.from(signature);
        if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
            return "anonymous";
        }
        const [accessKeyId, expires] = JSON.parse(Buffer.from(content, "base64url").toString("utf8")) as [string, number];
        return expires < this.now() ? "expired" : { accessKeyId };
    }

    private signature(content: string): string {
        return createHmac("sha256", this.secret).update(content).digest("base64url");
    }
}

/** The key that logins are signed with; made once, so that they outlive a restart. */
export function tokenSecret(file: string): Buffer {
    const known = readIfPresent(file);
    if (known !== undefined && known.length === 64) {
        return Buffer.from(known, "hex");
    }
    const made = randomBytes(32);
    writeAtomically(file, made.toString("hex"), 0o600);
    return made;
}
