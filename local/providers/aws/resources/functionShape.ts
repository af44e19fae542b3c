/** Between the SDK's shape of a function and the API's. */
import * as fs from "node:fs";
import type { FunctionCode, FunctionConfiguration, Lambda, Runtime, UpdateFunctionConfigurationRequest } from "@aws-sdk/client-lambda";
import type { FunctionState } from "@pulumi/aws/lambda/function";
import type { FunctionInputs } from "./function";
import type { State } from "./types";

/** Given to the update too: what was taken away must be sent as its empty value, because Lambda keeps what is not sent. */
export function configurationOf(inputs: FunctionInputs, old?: FunctionInputs): Omit<UpdateFunctionConfigurationRequest, "FunctionName"> {
    const cleared = <T>(name: keyof FunctionInputs, empty: T): T | undefined => (old?.[name] === undefined ? undefined : empty);
    const image = inputs.imageConfig;
    const logging = inputs.loggingConfig;
    const vpc = inputs.vpcConfig;
    return {
        Description: inputs.description ?? cleared("description", ""),
        MemorySize: inputs.memorySize,
        Timeout: inputs.timeout,
        Handler: inputs.handler,
        Runtime: inputs.runtime as Runtime | undefined,
        KMSKeyArn: inputs.kmsKeyArn ?? cleared("kmsKeyArn", ""),
        Layers: inputs.layers ?? cleared("layers", []),
        Environment: inputs.environment === undefined ? cleared("environment", { Variables: {} }) : { Variables: inputs.environment.variables ?? {} },
        EphemeralStorage: inputs.ephemeralStorage?.size === undefined ? cleared("ephemeralStorage", { Size: 512 }) : { Size: inputs.ephemeralStorage.size },
        DeadLetterConfig: inputs.deadLetterConfig === undefined ? cleared("deadLetterConfig", { TargetArn: "" }) : { TargetArn: inputs.deadLetterConfig.targetArn },
        ImageConfig:
            image === undefined
                ? cleared("imageConfig", {})
                : { Command: image.commands, EntryPoint: image.entryPoints, WorkingDirectory: image.workingDirectory },
        TracingConfig: inputs.tracingConfig === undefined ? cleared("tracingConfig", { Mode: "PassThrough" as const }) : { Mode: inputs.tracingConfig.mode as "Active" },
        SnapStart: inputs.snapStart === undefined ? cleared("snapStart", { ApplyOn: "None" as const }) : { ApplyOn: inputs.snapStart.applyOn as "PublishedVersions" },
        LoggingConfig:
            logging === undefined
                ? undefined
                : {
                      LogFormat: logging.logFormat as "JSON",
                      LogGroup: logging.logGroup,
                      ApplicationLogLevel: logging.applicationLogLevel as "INFO" | undefined,
                      SystemLogLevel: logging.systemLogLevel as "INFO" | undefined,
                  },
        VpcConfig:
            vpc === undefined
                ? cleared("vpcConfig", { SubnetIds: [], SecurityGroupIds: [] })
                : { SubnetIds: vpc.subnetIds, SecurityGroupIds: vpc.securityGroupIds, Ipv6AllowedForDualStack: vpc.ipv6AllowedForDualStack },
    };
}

export function codeOf(inputs: FunctionInputs): FunctionCode {
    if (inputs.imageUri !== undefined) {
        return { ImageUri: inputs.imageUri };
    }
    if (inputs.s3Bucket !== undefined) {
        return { S3Bucket: inputs.s3Bucket, S3Key: inputs.s3Key, S3ObjectVersion: inputs.s3ObjectVersion };
    }
    return { ZipFile: zipFile(inputs.code) };
}

/** An archive arrives as a marker object with the path of what the program named. */
function zipFile(code: unknown): Uint8Array {
    const path = (code as { path?: unknown } | undefined)?.path;
    if (typeof path === "string" && fs.statSync(path, { throwIfNoEntry: false })?.isFile() === true) {
        return fs.readFileSync(path);
    }
    throw new Error(
        `"code" is ${typeof path === "string" ? `"${path}", which is no file` : "an archive without a file"}: the emulator's stand-in takes a FileArchive of a .zip file. Use "imageUri", or zip the folder first`,
    );
}

export function functionState(found: FunctionConfiguration, region: string): State<FunctionState> {
    const arn = found.FunctionArn ?? "";
    const image = found.ImageConfigResponse?.ImageConfig;
    const vpc = found.VpcConfig;
    const variables = found.Environment?.Variables;
    const logging = found.LoggingConfig;
    return {
        architectures: found.Architectures ?? ["x86_64"],
        arn,
        deadLetterConfig: present(found.DeadLetterConfig?.TargetArn, (targetArn) => ({ targetArn })),
        description: emptyAsAbsent(found.Description),
        environment: present(variables, (given) => ({ variables: given })),
        ephemeralStorage: { size: found.EphemeralStorage?.Size ?? 512 },
        handler: emptyAsAbsent(found.Handler),
        imageConfig: present(image, ({ Command, EntryPoint, WorkingDirectory }) => ({
            commands: Command,
            entryPoints: EntryPoint,
            workingDirectory: emptyAsAbsent(WorkingDirectory),
        })),
        invokeArn: invokeArn(region, arn),
        kmsKeyArn: emptyAsAbsent(found.KMSKeyArn),
        lastModified: found.LastModified,
        layers: found.Layers === undefined || found.Layers.length === 0 ? undefined : found.Layers.flatMap(({ Arn }) => Arn ?? []),
        loggingConfig: {
            logFormat: logging?.LogFormat ?? "Text",
            logGroup: logging?.LogGroup ?? `/aws/lambda/${found.FunctionName}`,
            applicationLogLevel: logging?.ApplicationLogLevel,
            systemLogLevel: logging?.SystemLogLevel,
        },
        memorySize: found.MemorySize,
        name: found.FunctionName,
        packageType: found.PackageType ?? "Zip",
        responseStreamingInvokeArn: `arn:aws:apigateway:${region}:lambda:path/2021-11-15/functions/${arn}/response-streaming-invocations`,
        role: found.Role,
        runtime: emptyAsAbsent(found.Runtime),
        signingJobArn: found.SigningJobArn ?? "",
        signingProfileVersionArn: found.SigningProfileVersionArn ?? "",
        snapStart: present(found.SnapStart?.ApplyOn === "None" ? undefined : found.SnapStart, ({ ApplyOn, OptimizationStatus }) => ({
            applyOn: ApplyOn ?? "",
            optimizationStatus: OptimizationStatus ?? "",
        })),
        sourceCodeSize: found.CodeSize,
        timeout: found.Timeout,
        tracingConfig: { mode: found.TracingConfig?.Mode ?? "PassThrough" },
        vpcConfig: present((vpc?.SubnetIds ?? []).length === 0 ? undefined : vpc, ({ SubnetIds, SecurityGroupIds, VpcId, Ipv6AllowedForDualStack }) => ({
            subnetIds: SubnetIds ?? [],
            securityGroupIds: SecurityGroupIds ?? [],
            vpcId: VpcId ?? "",
            ipv6AllowedForDualStack: Ipv6AllowedForDualStack,
        })),
    };
}

/** The newest published version, or undefined when none was ever published. */
export async function latestVersion(lambda: Lambda, name: string): Promise<FunctionConfiguration | undefined> {
    let newest: FunctionConfiguration | undefined;
    let marker: string | undefined;
    do {
        const page = await lambda.listVersionsByFunction({ FunctionName: name, Marker: marker });
        for (const version of page.Versions ?? []) {
            if (version.Version !== "$LATEST" && Number(version.Version) > Number(newest?.Version ?? 0)) {
                newest = version;
            }
        }
        marker = page.NextMarker;
    } while (marker !== undefined && marker !== "");
    return newest;
}

/** The address under which API Gateway calls a function, which the real provider shows as `invokeArn`. */
export function invokeArn(region: string, arn: string): string {
    return `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`;
}

function present<T, R>(value: T | undefined, map: (value: T) => R): R | undefined {
    return value === undefined || value === null || (value as unknown) === "" ? undefined : map(value);
}

function emptyAsAbsent(text: string | undefined): string | undefined {
    return text === "" ? undefined : text;
}
