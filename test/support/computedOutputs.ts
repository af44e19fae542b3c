export * from "../../delivery/rendering/computedOutputs";
