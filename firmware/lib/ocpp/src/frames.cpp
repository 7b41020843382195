#include "ocpp/frames.h"

namespace evse::ocpp {

namespace {

constexpr int kCall = 2;
constexpr int kCallResult = 3;
constexpr int kCallError = 4;

// The id of a frame that cannot be parsed as a whole, from its beginning: [2,"id", …
// False: that beginning is not there.
bool read_head(const char* text, int size, int& type, MessageId& id) {
  int at = 0;
  const auto skip = [&] {
    while (at < size && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t')) ++at;
  };
  const auto take = [&](char c) {
    skip();
    if (at >= size || text[at] != c) return false;
    ++at;
    return true;
  };
  if (!take('[')) return false;
  skip();
  if (at >= size || text[at] < '0' || text[at] > '9') return false;
  type = text[at++] - '0';
  if (!take(',') || !take('"')) return false;
  while (at < size && text[at] != '"' && text[at] != '\\') id.put(text[at++]);
  return at < size && text[at] == '"' && !id.empty() && id.fits();
}

Frame unreadable(const char* code, const char* why) {
  Frame frame;
  frame.type = Frame::Type::Unreadable;
  frame.code = code;
  frame.why = why;
  return frame;
}

// One that is a frame as far as can be seen, but larger than what there is room for.
Frame too_large(int type, const MessageId& id) {
  Frame frame = unreadable(kInternalError, "the message is larger than this charger can take");
  frame.id = id;
  // An answer is not answered: to whoever asked, it is as good as a refusal.
  if (type == kCallResult || type == kCallError) frame.type = Frame::Type::Error;
  frame.action = "";
  return frame;
}

// The id, also where it was sent as a number, so that an answer finds its request.
MessageId readable_id(const Json* element) {
  MessageId id;
  if (is_text(element)) id.set(element->text());
  if (is_integer(element)) id.add(decimal_of(*element, 0).value);
  return id;  // one that is too long is cut: an answer has to have some id
}

Frame no_call(const Json* id, const char* why) {
  Frame frame = unreadable(kFormationViolation, why);
  frame.id = readable_id(id);
  return frame;
}

Frame read_call(const Json* elements, int count) {
  const Json* id = item(elements, 1);
  const Json* action = item(elements, 2);
  const Json* payload = item(elements, 3);
  if (count != 4) return no_call(id, "a CALL has 4 elements");
  if (!is_text(id) || id->text()[0] == '\0') {
    return no_call(id, "the unique id of a CALL is a string that is not empty");
  }
  if (!is_text(action)) return no_call(id, "the action of a CALL is a string");
  if (!is_object(payload)) return no_call(id, "the payload of a CALL is an object");
  Frame frame;
  frame.id.set(id->text());
  if (!frame.id.fits()) return no_call(id, "the unique id has more than 36 characters");
  frame.type = Frame::Type::Call;
  frame.action = action->text();
  frame.payload = payload;
  return frame;
}

}  // namespace

Frame read_frame(char* text, int size, int capacity) {
  // Before it is taken apart, which leaves no trace of what it was.
  int type = 0;
  MessageId head;
  if (!read_head(text, size < capacity ? size : capacity, type, head)) head.clear();
  if (size > capacity) return too_large(type, head);
  const Json* elements = nullptr;
  switch (parse_json(text, size, elements)) {
    case Parsed::Fine:
      break;
    case Parsed::NoJson:
      return unreadable(kFormationViolation, "not JSON");
    case Parsed::TooMuch:
      return too_large(type, head);
  }
  const int count = is_list(elements) ? size_of(elements) : 0;
  if (count == 0) return unreadable(kFormationViolation, "a frame is an array with elements");
  const Json* number = item(elements, 0);
  const Json* id = item(elements, 1);
  if (!is_integer(number)) {
    return no_call(id, "the first element is not a message type number");
  }
  Frame frame;
  switch (decimal_of(*number, 0).value) {
    case kCall:
      return read_call(elements, count);
    case kCallResult:
      frame.payload = item(elements, 2);
      if (count != 3 || !is_text(id) || !is_object(frame.payload)) return frame;
      frame.type = Frame::Type::Result;
      break;
    case kCallError: {
      // Description and details are often left out or null in the field; the refusal counts.
      const Json* code = item(elements, 2);
      if (count > 5 || !is_text(id) || !is_text(code)) return frame;
      frame.type = Frame::Type::Error;
      frame.code = code->text();
      break;
    }
    default:
      return frame;
  }
  frame.id.set(id->text());
  return frame;
}

}  // namespace evse::ocpp
