export * from "../../delivery/rendering/mockEngine";
