import type { ImagePlace } from "../components/images/imagePlace";

/** The registry of images. */
export interface RegistryPort {
    /** Digest of a tag; undefined when there is none, or no such repository. */
    digestOf(place: ImagePlace): Promise<string | undefined>;
    /** Whether the repository at an address has an image of that digest. */
    has(repositoryUrl: string, digest: string): Promise<boolean>;
    /** Address of a repository, as in `docker push`; undefined when there is none. */
    urlOf(repositoryName: string): Promise<string | undefined>;
    login(): Promise<{ readonly server: string; readonly username: string; readonly password: string }>;
}

/** What ECR's API needs of an address like `ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME`; the account is absent from addresses of emulators. */
export function parseRepositoryUrl(url: string): { readonly repositoryName: string; readonly registryId?: string } {
    const slash = url.indexOf("/");
    const host = url.slice(0, Math.max(0, slash));
    const registryId = /^(\d{12})\.dkr\.ecr\./.exec(host)?.[1];
    return { repositoryName: url.slice(slash + 1), ...(registryId === undefined ? {} : { registryId }) };
}
