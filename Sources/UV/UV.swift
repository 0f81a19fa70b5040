import CUV
public func uvVersion() -> UInt32 { uv_version() }
