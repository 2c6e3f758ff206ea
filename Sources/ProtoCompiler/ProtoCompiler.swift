// ProtoCompiler
