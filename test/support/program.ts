import * as path from "node:path";
import { type Program, type ProgramOptions, type ProgramRun, runProgram as runUnderMocks } from "../../delivery/rendering/program";
import { applicationTree } from "./application";

export type { ProgramOptions, ProgramRun };

/** `index.ts` with the test application as its `app/`. */
export function applicationProgram(): Program {
    return require(path.join(applicationTree(), "index.ts")) as Program;
}

/**
 * Runs the whole program, with the test application, under mocks.
 * @param directory the checkout that it reads. @default the tree of the test application
 */
export async function runProgram(options: ProgramOptions, directory = applicationTree()): Promise<ProgramRun> {
    const program = applicationProgram();
    const folder = process.cwd();
    process.chdir(directory);
    try {
        return await runUnderMocks(program, options);
    } finally {
        process.chdir(folder);
    }
}
