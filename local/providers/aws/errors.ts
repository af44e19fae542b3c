/** Errors of the AWS API: which they are, and how they are told. */

/** The service's name for the error, like `ResourceNotFoundException`. */
export function errorCode(error: unknown): string {
    return error instanceof Error ? error.name : "";
}

export function isError(error: unknown, ...codes: readonly string[]): boolean {
    return codes.includes(errorCode(error));
}

const NOT_FOUND: ReadonlySet<string> = new Set([
    "AWS.SimpleQueueService.NonExistentQueue",
    "EntityNotFoundException",
    "LifecyclePolicyNotFoundException",
    "NoSuchBucket",
    "NoSuchBucketPolicy",
    "NoSuchEntity",
    "NoSuchEntityException",
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "NotFound",
    "NotFoundException",
    "OwnershipControlsNotFoundError",
    "ParameterNotFound",
    "PipelineNotFoundException",
    "ProvisionedConcurrencyConfigNotFoundException",
    "QueueDoesNotExist",
    "RepositoryNotFoundException",
    "RepositoryPolicyNotFoundException",
    "ResourceNotFoundException",
    "ServerSideEncryptionConfigurationNotFoundError",
    "StateMachineDoesNotExist",
]);

export function isNotFound(error: unknown): boolean {
    return NOT_FOUND.has(errorCode(error)) || statusOf(error) === 404;
}

/** The answer, or undefined where the service says that there is no such thing. */
export async function orAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
    try {
        return await answer;
    } catch (error) {
        if (isNotFound(error)) {
            return undefined;
        }
        throw error;
    }
}

const ADVICE: readonly (readonly [RegExp, string])[] = [
    [/Unknown action|UnknownOperation|NotImplemented|not implemented/i, "The emulator does not have this operation: undo the change, or make the resource anew with it."],
    [/AccessDenied|NotAuthorized|UnauthorizedOperation|not authorized|HTTP 403 /i, "Use credentials that have this right, or add it to the policy of the role that was used."],
    [/InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClient|ExpiredToken|CredentialsProviderError/i, 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: eval "$(npm run -s local:env)" does.'],
    [/AlreadyExists|AlreadyOwned|EntityAlreadyExists|ResourceConflict|QueueNameExists/i, "Delete the existing one, import it (resource option `import`), or choose another name."],
    [/NotFound|NoSuch|NonExistent|does not exist/i, "Correct the name, or create it first."],
    [/Throttl|TooManyRequests|SlowDown/i, "Run the command again; fewer resources at once (--parallel) help too."],
    [/ECONNREFUSED|ECONNRESET|ENOTFOUND|socket hang up|TimeoutError/i, 'Is the emulator running? "npm run local" starts it.'],
    [/Validation|InvalidParameter|Malformed|InvalidRequest|InvalidArgument/i, "Correct the property that the message names."],
];

/** `CODE (HTTP 409): MESSAGE ADVICE`. */
export function explain(error: unknown): string {
    const inner = error instanceof AggregateError && error.errors.length > 0 ? (error.errors[0] as unknown) : error;
    const code = errorCode(inner);
    const status = statusOf(inner);
    const told = inner instanceof Error ? inner.message : String(inner);
    // An answer to a HEAD request has no body that could tell a reason.
    const message = told === "UnknownError" || told === "" ? `HTTP ${status ?? "error"} without a reason` : told;
    const named = code === "" || /^(Error|Unknown|UnknownError|\d+)$/.test(code) || message.startsWith(code) ? "" : `${code}${status === undefined ? "" : ` (HTTP ${status})`}: `;
    const text = `${named}${message}`;
    if (status === undefined && named === "" && !/ECONN|ENOTFOUND|socket/.test(text)) {
        return text; // one of our own errors, complete as it is
    }
    const nodeCode = (inner as { code?: unknown } | undefined)?.code;
    const advice = ADVICE.find(([pattern]) => pattern.test(`${code} ${message} ${String(nodeCode)}`))?.[1];
    return advice === undefined ? text : `${text.replace(/[.\s]*$/, "")}. ${advice}`;
}

function statusOf(error: unknown): number | undefined {
    return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
}
