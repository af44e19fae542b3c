/**
 * The caller's environment without what could reach into the emulator's parts: AWS settings (they may name a real
 * account) and variables that the parts themselves read.
 */
export function ownVariables(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
    const foreign = /^(AWS_|CONTAINER_LAMBDAS_|DOCKER_|LAMBDA_|LOCALSTACK_|MINISTACK_|NODE_OPTIONS|PULUMI_|PYTHON|REGISTRY_|S3_|VIRTUAL_ENV)/;
    return Object.fromEntries(Object.entries(environment).filter(([name]) => !foreign.test(name)));
}
