import { loadLazily } from "./lazyPackages";

// Node loads this file before the SDK's runner, which loads the SDK.
loadLazily();
