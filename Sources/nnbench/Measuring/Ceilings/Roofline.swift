func roofline(_ peaks: [PeakResult], _ operations: [OperationResult]) -> String { "" }
