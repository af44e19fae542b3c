/** The stack output that says which commit the last update brought up; written by the update itself, so that it cannot lie. */
export const COMMIT_OUTPUT = "commit";

/** Tells the program which commit it is run for. */
export const COMMIT_VARIABLE = "CONTAINER_LAMBDAS_COMMIT";

/** Tells the program which commit must be the last one; an empty text means none. The program refuses another one. */
export const AFTER_VARIABLE = "CONTAINER_LAMBDAS_AFTER";

/** Makes the program declare the delivery component and the image repositories only. */
export const SCOPE_VARIABLE = "CONTAINER_LAMBDAS_SCOPE";

/** How the program's refusal of another last commit is told from every other error. */
export const MOVED = "was updated by another delivery in the meantime";
