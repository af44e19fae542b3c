import type { RawHeaders } from "./forward";

/**
 * Headers that AWS takes and MiniStack does not, mended on the way.
 *
 * `x-amz-checksum-sha256: UNSIGNED-PAYLOAD` comes from the S3 client of Pulumi's state backend (gocloud.dev over the Go SDK). It is no
 * checksum; S3 ignores it, MiniStack compares it with the body and answers `BadDigest`.
 *
 * `X-Forwarded-Proto: https` is added: every caller is on this machine, where TLS protects nothing, and policies that demand
 * `aws:SecureTransport` are about the network.
 */
export function mendHeaders(headers: RawHeaders): RawHeaders {
    const unwanted = (index: number): boolean => {
        const name = headers[index]?.toLowerCase();
        return name === "x-forwarded-proto" || (name === "x-amz-checksum-sha256" && headers[index + 1]?.trim() === "UNSIGNED-PAYLOAD");
    };
    return [...headers.filter((_, index) => !unwanted(index - (index % 2))), "X-Forwarded-Proto", "https"];
}
