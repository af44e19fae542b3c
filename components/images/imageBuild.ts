import * as pulumi from "@pulumi/pulumi";
import { Image } from "@pulumi/docker/image";
import { Gate } from "./gate";
import { Platform } from "./inputKey";
import { SOURCE_DATE_EPOCH } from "./staging";

/** Where images are pushed, with a password that is always a secret. */
export interface RegistryLogin {
    readonly server: pulumi.Input<string>;
    readonly username: pulumi.Input<string>;
    readonly password: pulumi.Input<string>;
}

/** What one build needs; nothing here decides whether the image is built. */
export interface ImageBuild {
    /** Image's name in the project, the stem of the logical name. */
    readonly name: string;
    readonly key: string;
    /** Staged folder, project-relative: an absolute path would differ from checkout to checkout. */
    readonly context: string;
    readonly platform: Platform;
    readonly repositoryUrl: pulumi.Input<string>;
    /** Tag inside the repository. */
    readonly tag: string;
    readonly buildArguments: Readonly<Record<string, pulumi.Input<string>>>;
    readonly login: RegistryLogin;
    readonly gate: Gate;
}

/**
 * Declares the `docker.Image` of one key. The name carries the key, so another key is another resource, and everything
 * that could cause an update in place is ignored: an image with this key never changes.
 * @returns the pushed image's digest, `sha256:…`.
 */
export function declareImageBuild(build: ImageBuild, parent: pulumi.Resource): pulumi.Output<string> {
    const slot = takeSlot(build);
    const image = new Image(
        `${build.name}-${build.key.slice(0, 12)}`,
        {
            imageName: slot.imageName,
            build: {
                context: build.context,
                dockerfile: `${build.context}/Dockerfile`,
                platform: build.platform,
                args: { ...build.buildArguments, SOURCE_DATE_EPOCH: String(SOURCE_DATE_EPOCH) },
            },
            registry: { ...build.login, password: pulumi.secret(build.login.password) },
        },
        { parent, ignoreChanges: ["imageName", "build", "registry"], retainOnDelete: true },
    );
    slot.giveBackAfter(image);
    return image.repoDigest.apply((reference) => reference.slice(reference.indexOf("@") + 1));
}

interface Slot {
    readonly imageName: pulumi.Output<string>;
    giveBackAfter(image: Image): void;
}

/**
 * Outside previews the image's name is known only once a slot is free, and a slot is taken only when every other input
 * is known, so that a build that waits for its layer holds none. Resource hooks were tried and rejected: with them
 * Ctrl-C builds all that is queued.
 */
function takeSlot(build: ImageBuild): Slot {
    const others = pulumi.all([build.repositoryUrl, pulumi.output(build.buildArguments), build.login.server, build.login.username, build.login.password]);
    const nameOf = (repositoryUrl: string): string => `${repositoryUrl}:${build.tag}`;
    if (pulumi.runtime.isDryRun()) {
        return { imageName: pulumi.output(build.repositoryUrl).apply(nameOf), giveBackAfter: () => undefined };
    }
    let giveBack: () => void = () => undefined;
    const imageName = pulumi.unsecret(others).apply(async ([repositoryUrl]) => {
        giveBack = await build.gate.enter();
        return nameOf(repositoryUrl);
    });
    // A URN is known when the registration ended, also when it failed and the engine continues; the digest is not known then.
    return { imageName, giveBackAfter: (image) => void image.urn.apply(() => giveBack()) };
}
