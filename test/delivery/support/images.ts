import type { PreparedImage } from "../../../components/images/prepareImages";
import type { RegistryPort } from "../../../delivery/registry";

/** 32 hex digits of one character. */
export const keyOf = (digit: string): string => digit.repeat(32);
export const digestOf = (digit: string): string => `sha256:${digit.repeat(64)}`;

export function preparedImage(name: string, digit: string): PreparedImage {
    return { name, kind: "function", key: keyOf(digit), context: `.build/contexts/${name}`, platform: "linux/amd64", bases: {} };
}

/** A registry in memory: `repository:tag` → digest. */
export class MemoryRegistry implements RegistryPort {
    constructor(
        readonly repositories: readonly string[],
        readonly images: Map<string, string> = new Map(),
    ) {}

    async digestOf({ repositoryName, tag }: { repositoryName: string; tag: string }): Promise<string | undefined> {
        return this.images.get(`${repositoryName}:${tag}`);
    }

    async has(url: string, digest: string): Promise<boolean> {
        return [...this.images].some(([place, known]) => known === digest && url === `registry/${place.split(":")[0]}`);
    }

    async urlOf(name: string): Promise<string | undefined> {
        return this.repositories.includes(name) ? `registry/${name}` : undefined;
    }

    async login(): Promise<{ server: string; username: string; password: string }> {
        return { server: "registry", username: "AWS", password: "password" };
    }
}
