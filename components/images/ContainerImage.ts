import * as pulumi from "@pulumi/pulumi";
import { NO_IMAGE, orIfFailed } from "../orIfFailed";
import { Gate } from "./gate";
import { declareImageBuild, RegistryLogin } from "./imageBuild";
import { ImageSource } from "./imageSource";
import { PreparedImage } from "./prepareImages";

export interface ContainerImageArgs {
    /** The staged context with its key. Plain, because the key decides which resources exist. */
    image: PreparedImage;
    /** Where the image comes from, decided before anything is declared. */
    source: ImageSource;
    /** Repository that holds the image; not used where a release manifest names it. */
    repositoryUrl: pulumi.Input<string>;
    /** Tag in that repository: the key, or what a shared repository makes of it. */
    tag: string;
    /** Asked for only when something is built. */
    login: () => RegistryLogin;
    /** Bounds how many builds run at once. */
    gate: Gate;
}

/** An image known by its key, and by its digest once it exists. */
abstract class ContainerImage extends pulumi.ComponentResource {
    /** Tag and identity: 32 hex digits over everything that can change the image. */
    readonly key: string;
    /** `sha256:…`. */
    readonly digest: pulumi.Output<string>;
    /** `repository@sha256:…`, the only form in which an image is used. */
    readonly imageUri: pulumi.Output<string>;
    readonly repositoryUrl: pulumi.Output<string>;
    /** Whether this stack declares the build, rather than takes the image as it stands in the registry. */
    readonly registered: boolean;

    protected constructor(type: string, name: string, args: ContainerImageArgs, buildArguments: Record<string, pulumi.Input<string>>, opts?: pulumi.ComponentResourceOptions) {
        super(type, name, { key: args.image.key }, opts);
        const { image, source } = args;
        this.key = image.key;
        this.registered = source.from === "registered";
        this.repositoryUrl = pulumi.output(source.from === "released" ? source.repositoryUrl : args.repositoryUrl);
        this.digest =
            source.from === "registered"
                ? declareImageBuild(
                      {
                          name: image.name,
                          key: image.key,
                          context: image.context,
                          platform: image.platform,
                          repositoryUrl: this.repositoryUrl,
                          tag: args.tag,
                          buildArguments: { ...image.bases, ...buildArguments },
                          login: args.login(),
                          gate: args.gate,
                      },
                      this,
                  )
                : pulumi.output(source.digest);
        this.imageUri = pulumi.interpolate`${this.repositoryUrl}@${this.digest}`;
        this.registerOutputs({ key: this.key, digest: this.digest, imageUri: this.imageUri });
    }
}

/** The image whose `/opt` every function with `layer: true` copies. */
export class CommonLayerImage extends ContainerImage {
    constructor(name: string, args: ContainerImageArgs, opts?: pulumi.ComponentResourceOptions) {
        super("container-lambdas:images:CommonLayerImage", name, args, {}, opts);
    }
}

export interface FunctionImageArgs extends ContainerImageArgs {
    /** Copied by digest, as the build argument `LAYER`. @default none: the function does not depend on the layer */
    layer?: CommonLayerImage;
}

/** One directory's image; one or more functions run it. */
export class FunctionImage extends ContainerImage {
    constructor(name: string, args: FunctionImageArgs, opts?: pulumi.ComponentResourceOptions) {
        super("container-lambdas:images:FunctionImage", name, args, args.layer === undefined ? {} : { LAYER: orIfFailed(args.layer.imageUri, NO_IMAGE) }, opts);
    }
}
