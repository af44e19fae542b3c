import type { RoleName } from "../../components/deliveryPipeline/names";
import { changeData, changeFunctions } from "./application";
import { buildStatements } from "./build";
import { deployGuards, deployStatements } from "./deploy";
import { eventsStatements } from "./events";
import { pipelineStatements } from "./pipeline";
import { planStatements } from "./plan";
import { projectsOf } from "./projects";
import { recordStatements } from "./record";
import { releaseStatements } from "./release";
import type { Environment, Scope } from "./scope";
import { selfUpdateStatements } from "./selfUpdate";
import type { RolePolicies } from "./statement";
import { testStatements } from "./test";
import { verifyStatements } from "./verify";

const POLICIES: Readonly<Record<RoleName, (scope: Scope) => RolePolicies>> = {
    "self-update": (scope) => ({ rights: selfUpdateStatements(scope) }),
    verify: (scope) => ({ rights: verifyStatements(scope) }),
    build: (scope) => ({ rights: buildStatements(scope) }),
    test: (scope) => ({ rights: testStatements(scope) }),
    plan: (scope) => ({ rights: planStatements(scope) }),
    deploy: (scope) => ({ rights: deployStatements(scope), data: changeData(scope), functions: changeFunctions(scope), guards: deployGuards(scope) }),
    release: (scope) => ({ rights: releaseStatements(scope) }),
    record: (scope) => ({ rights: recordStatements(scope) }),
    pipeline: (scope) => ({ rights: pipelineStatements(projectsOf(scope.environment.delivery), scope) }),
    events: (scope) => ({ rights: eventsStatements(scope) }),
};

/** All that a role of an environment is allowed, and what it is denied; see `RolePolicies`. */
export function rolePolicies(role: RoleName, scope: Scope): RolePolicies {
    return POLICIES[role](scope);
}

/** The roles that an environment needs: no pipeline gets one that it has no use for. */
export function rolesOf({ delivery, source }: Environment): RoleName[] {
    return [...projectsOf(delivery), "pipeline", ...(source === "codecommit" ? (["events"] as const) : [])];
}
