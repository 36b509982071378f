import Foundation

/// Whether the address or thread sanitizer is linked in: their allocators keep freed memory, and copy where the system's
/// would grow in place, so that bounds on memory do not hold.
package let isSanitized = dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil
