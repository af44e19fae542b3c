import { didYouMean } from "../manifest/nearest";
import { Problem } from "../manifest/problem";
import { RawConfiguration, RawValue, stackFileName } from "./rawConfiguration";
import { REGIONS } from "./regions";

export interface ProviderSettings {
    /** Empty when it is missing or wrong. */
    readonly region: string;
    readonly problems: readonly Problem[];
}

/** The keys of the AWS provider that this project depends on. */
export function readProviderSettings(raw: RawConfiguration): ProviderSettings {
    const problems: Problem[] = [];
    const region = valueOf(raw, "aws:region");
    const at = (given: RawValue | undefined): Pick<Problem, "file" | "line" | "column"> => ({
        file: given?.file ?? stackFileName(raw.stack),
        ...(given?.line === undefined ? {} : { line: given.line }),
        ...(given?.column === undefined ? {} : { column: given.column }),
    });
    const name = typeof region?.value === "string" ? region.value : "";
    const known = REGIONS.includes(name);
    if (region === undefined || region.value === "") {
        problems.push({ ...at(region), key: "aws:region", rule: "is missing", fix: "set it with pulumi config set aws:region us-east-1" });
    } else if (!known) {
        problems.push({
            ...at(region),
            key: "aws:region",
            value: region.value,
            rule: `is no region that has Lambda${didYouMean(name, REGIONS)}`,
            fix: "use the region's code, like us-east-1",
        });
    }
    for (const key of ["aws:allowedAccountIds", "aws:forbiddenAccountIds"]) {
        const given = valueOf(raw, key);
        accountsOf(given?.value).forEach((account, index) => {
            if (typeof account !== "string") {
                problems.push({
                    ...at(given),
                    key: `${key}[${index}]`,
                    value: account,
                    rule: "is a number: leading zeros are lost",
                    fix: "write the account id in quotes",
                });
            } else if (!/^[0-9]{12}$/.test(account)) {
                problems.push({
                    ...at(given),
                    key: `${key}[${index}]`,
                    value: account,
                    rule: "is no account id of 12 digits",
                    fix: "write all 12 digits in quotes",
                });
            }
        });
    }
    return { region: known ? name : "", problems };
}

/** A list as written in the file, or as the JSON text that the engine makes of it. */
function accountsOf(value: unknown): readonly unknown[] {
    if (typeof value !== "string") {
        return Array.isArray(value) ? value : value === undefined ? [] : [value];
    }
    try {
        const parsed: unknown = JSON.parse(value);
        return Array.isArray(parsed) ? parsed : [value];
    } catch {
        return [value];
    }
}

function valueOf({ values }: RawConfiguration, key: string): RawValue | undefined {
    return Object.hasOwn(values, key) ? values[key] : undefined;
}
