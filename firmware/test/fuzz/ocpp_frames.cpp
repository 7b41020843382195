// Whatever a central system sends: a frame is taken apart or turned away within its bytes, and what
// it says can be walked through and held against its schema.
#include <stdlib.h>
#include <string.h>

#include "ocpp/frames.h"
#include "ocpp/schema.h"
#include "ocpp/sizes.h"

namespace {

using namespace evse::ocpp;

volatile int64_t sum = 0;  // so that everything is read

void walk(const Json* value, int depth) {
  if (depth > kNesting) abort();
  int count = 0;
  for (const Json* each = first_of(value); each != nullptr; each = each->next()) {
    if (++count > kJsonValues) abort();
    sum = sum + static_cast<int64_t>(strlen(each->name()) + strlen(each->text()));
    if (is_number(each)) sum = sum + (decimal_of(*each, 6).whole ? 1 : 2);
    if (is_integer(each) && decimal_of(*each, 0).value > INT32_MAX) abort();
    if (field(value, each->name()) == nullptr && is_object(value)) abort();
    walk(each, depth + 1);
  }
  if (count != size_of(value)) abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > kFrameIn) return 0;
  // As large as it is and no larger, so that the sanitizer sees a byte beyond.
  char* text = static_cast<char*>(malloc(size > 0 ? size : 1));
  if (size > 0) memcpy(text, data, size);
  const Frame frame = read_frame(text, static_cast<int>(size), kFrameIn);
  if (!frame.id.fits() && frame.type == Frame::Type::Call) abort();
  if (frame.type == Frame::Type::Call || frame.type == Frame::Type::Result) {
    walk(frame.payload, 0);
    const Schema* schema = schema_of_call(frame.action);
    const Violation found = check(schema == nullptr ? kStartTransactionResponse : *schema,
                                  frame.payload);
    if (found.code != nullptr && found.what.empty()) abort();
  }
  if (frame.type == Frame::Type::Unreadable && *frame.code == '\0') abort();
  free(text);
  return 0;
}
