import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RegistryTokens, tokenSecret } from "../../../local/endpoint/ecr/tokens";

describe("endpoint: logins of the registry", () => {
    const secret = Buffer.alloc(32, 1);
    const basic = (password: string): string => `Basic ${Buffer.from(`AWS:${password}`).toString("base64")}`;

    it("say whose they are, as a password and as a token", () => {
        const tokens = new RegistryTokens(secret, () => 1000);
        const password = tokens.issue("ASIAROLE");
        assert.deepEqual([tokens.holder(basic(password)), tokens.holder(`Bearer ${password}`)], [{ accessKeyId: "ASIAROLE" }, { accessKeyId: "ASIAROLE" }]);
    });

    it("end after twelve hours", () => {
        let now = 1000;
        const tokens = new RegistryTokens(secret, () => now);
        const password = tokens.issue("ASIAROLE");
        now += 12 * 3600;
        assert.deepEqual(tokens.holder(basic(password)), { accessKeyId: "ASIAROLE" });
        now += 1;
        assert.equal(tokens.holder(basic(password)), "expired");
    });

    it("cannot be made by somebody else", () => {
        const tokens = new RegistryTokens(secret, () => 1000);
        const [content = "", signature = ""] = tokens.issue("ASIAROLE").split(".");
        const forged = Buffer.from(JSON.stringify(["AKIAOTHER", 9_999_999_999])).toString("base64url");
        const other = new RegistryTokens(Buffer.alloc(32, 2), () => 1000).issue("ASIAROLE");
        for (const password of [`${forged}.${signature}`, `${content}.`, content, other, "secret", ""]) {
            assert.equal(tokens.holder(basic(password)), "anonymous", password);
        }
        assert.equal(tokens.holder(undefined), "anonymous");
    });

    it("outlive a restart, and their key is its owner's only", () => {
        const folder = mkdtempSync(join(tmpdir(), "registry-login-"));
        try {
            const file = join(folder, "key");
            assert.deepEqual(tokenSecret(file), tokenSecret(file));
            assert.equal(statSync(file).mode & 0o777, 0o600);
        } finally {
            rmSync(folder, { recursive: true });
        }
    });
});
