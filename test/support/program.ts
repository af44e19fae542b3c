export * from "../../delivery/rendering/program";
