/** An error answer of an AWS API: its code is what SDKs raise. */
export class AwsError extends Error {
    constructor(
        /** Name of the exception in the API's model, `PipelineNotFoundException`. */
        readonly code: string,
        message: string,
        readonly status = 400,
    ) {
        super(message);
        this.name = code;
    }
}
