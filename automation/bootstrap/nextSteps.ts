import type { SeedFile } from "./seedFile";
import type { SeedOutputs } from "./stackValues";
import { stateAddress } from "./stackValues";

/** What a person does after the seed stands, in order; each a sentence or a command to copy. */
export function nextSteps({ account, settings, region }: SeedFile, outputs: SeedOutputs, written: readonly string[]): string[] {
    const [first] = settings.environments.filter(({ delivery }) => delivery === "branch");
    const stack = first?.stack ?? settings.environments[0]?.stack ?? "dev";
    if (settings.runsOn === "emulator") {
        return ["npm run local:push    runs the pipeline on the last commit"];
    }
    const pending = settings.source === "connection" && !settings.connected;
    return [
        ...(pending
            ? [
                  `complete the connection ${outputs.connectionArn} with the repository's host:`,
                  `  https://${region}.console.aws.amazonaws.com/codesuite/settings/connections?region=${region}    (choose it, "Update pending connection")`,
                  `  aws codeconnections get-connection --region ${region} --connection-arn ${outputs.connectionArn} --query Connection.ConnectionStatus    (must say AVAILABLE)`,
                  `npm run bootstrap -- ${account} --connected    makes watchdog and repair, which fetch by the connection`,
              ]
            : []),
        ...(written.length > 0 ? [`commit ${written.join(", ")}`] : []),
        `export PULUMI_BACKEND_URL='${stateAddress(outputs, region)}'`,
        `npm run up -- ${stack}    brings up the stack with its pipeline; from then on a push does it`,
    ];
}
