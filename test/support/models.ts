import { FunctionModel } from "../../components/manifest/model";

/** A valid function with nothing but defaults, changed as the test says. */
export function functionModel(changes: Partial<FunctionModel>): FunctionModel {
    return {
        name: "orders",
        image: "orders",
        description: "",
        architecture: "x86_64",
        memorySize: 128,
        timeout: 3,
        ephemeralStorage: 512,
        environment: {},
        secrets: [],
        triggers: [],
        grants: [],
        statements: [],
        alarms: {},
        ...changes,
    };
}
