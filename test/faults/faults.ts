import { Fault } from "./fault";
import { functionFaults } from "./functionFaults";
import { imageFaults } from "./imageFaults";
import { releaseFaults } from "./releaseFaults";

/** All seeded faults, in the order in which they are tried. */
export const faults: readonly Fault[] = [...imageFaults, ...functionFaults, ...releaseFaults];
