/// Whether the tests are optimized; what takes minutes otherwise runs only then.
#if DEBUG
  package let isOptimizedBuild = false
#else
  package let isOptimizedBuild = true
#endif
