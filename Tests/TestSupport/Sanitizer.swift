import Foundation

/// Whether the thread sanitizer is linked in. It has a thread of its own before main.
package let isThreadSanitized = dlsym(nil, "__tsan_init") != nil

/// Whether the address or thread sanitizer is linked in: their allocators keep freed memory, and copy where the system's
/// would grow in place, so that bounds on memory do not hold.
package let isSanitized = isThreadSanitized || dlsym(nil, "__asan_init") != nil
