import { getImage } from "@pulumi/aws/ecr/getImage";
import { ImagePlace } from "./imagePlace";
import { WantedImage } from "./imageSource";

/** How the provider and AWS say that something is not there. Every other error is fatal: an expired token is not an absent image. */
const ABSENT = /ImageNotFoundException|RepositoryNotFoundException|couldn't find resource|query returned no results/;

/** Asks the registry for all keys at once. @returns digests by image name, of those that exist. */
export async function lookUpImages(images: readonly WantedImage[], placeOf: (image: WantedImage) => ImagePlace): Promise<Record<string, string>> {
    const answers = await Promise.all(
        images.map(async (image): Promise<[string, string][]> => {
            const digest = await lookUp(placeOf(image));
            return digest === undefined ? [] : [[image.name, digest]];
        }),
    );
    return Object.fromEntries(answers.flat());
}

async function lookUp({ repositoryName, tag }: ImagePlace): Promise<string | undefined> {
    try {
        const { imageDigest } = await getImage({ repositoryName, imageTag: tag });
        return imageDigest;
    } catch (error) {
        if (isAbsent(error)) {
            return undefined;
        }
        throw error;
    }
}

export function isAbsent(error: unknown): boolean {
    return error instanceof Error && ABSENT.test(error.message);
}
