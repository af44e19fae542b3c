import assert from "node:assert/strict";
import { WantedImage } from "../../../components/images/imageSource";
import { lookUpImages } from "../../../components/images/registryLookup";
import { callError, startMockEngine } from "../../support/mockEngine";

const DIGEST = `sha256:${"e".repeat(64)}`;
const wanted = (...names: string[]): WantedImage[] => names.map((name) => ({ name, kind: "function", key: `key-of-${name}` }));

async function lookUp(images: readonly WantedImage[], answer: (repositoryName: string, imageTag: string) => string): Promise<Record<string, string>> {
    await startMockEngine({
        calls: { "aws:ecr/getImage:getImage": ({ repositoryName, imageTag }) => ({ imageDigest: answer(String(repositoryName), String(imageTag)) }) },
    });
    return lookUpImages(images, ({ name, key }) => ({ repositoryName: `p-s/${name}`, tag: key }));
}

describe("looking images up", () => {
    it("answers the digests of those that exist, and leaves out the others", async () => {
        const found = await lookUp(wanted("a", "b", "c"), (repository, tag) => {
            if (repository === "p-s/a" && tag === "key-of-a") {
                return DIGEST;
            }
            throw callError(repository === "p-s/b" ? "ImageNotFoundException: no such tag" : "RepositoryNotFoundException: no such repository");
        });
        assert.deepEqual(found, { a: DIGEST });
    });

    for (const message of ["ExpiredTokenException: The security token is expired", "AccessDeniedException: not authorized", "ThrottlingException: Rate exceeded"]) {
        it(`fails with any other error, which says nothing of the image: ${message.split(":")[0]}`, async () => {
            const answer = (): string => {
                throw callError(message);
            };
            await assert.rejects(lookUp(wanted("a"), answer), new RegExp(message.split(":")[0]));
        });
    }
});
