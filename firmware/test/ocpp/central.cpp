#include "central.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

namespace bench {

namespace {

// Where the frames go, to be held against the official schemas; null: nowhere.
FILE* frames_file() {
  static FILE* file = [] {
    const char* path = getenv("FRAMES");
    return path == nullptr ? nullptr : fopen(path, "w");
  }();
  return file;
}

void keep(char direction, const std::string& text) {
  if (frames_file() != nullptr) fprintf(frames_file(), "%c%s\n", direction, text.c_str());
}

}  // namespace

void Transport::connect(const char* to, const char* protocol, const char* as, const uint8_t* bytes,
                        int size) {
  ++attempts;
  url = to;
  subprotocol = protocol;
  user = as;
  key.assign(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  now = network && subprotocol == "ocpp1.6" ? State::Open : State::Closed;
  to_charger.clear();
}

bool Transport::send(const char* text, int size) {
  if (!takes || now != State::Open) return false;
  from_charger.emplace_back(text, static_cast<size_t>(size));
  keep('>', from_charger.back());
  return true;
}

int Transport::receive(char* text, int capacity) {
  if (to_charger.empty()) return 0;
  const std::string message = to_charger.front();
  to_charger.pop_front();
  keep('<', message);
  const int size = static_cast<int>(message.size());
  memcpy(text, message.data(), static_cast<size_t>(size < capacity ? size : capacity));
  return size;
}

void Log::event(int connector, const char* text) {
  lines.push_back(std::to_string(connector) + " " + text);
}

bool Log::has(const std::string& part) const {
  for (const std::string& line : lines) {
    if (line.find(part) != std::string::npos) return true;
  }
  return false;
}

Sent take_apart(const std::string& text) {
  Sent sent;
  sent.type = text[1] - '0';
  const auto part = [&text](size_t& at) {
    const size_t from = text.find('"', at) + 1;
    const size_t end = text.find('"', from);
    at = end + 1;
    return text.substr(from, end - from);
  };
  size_t at = 2;
  sent.id = part(at);
  if (sent.type != 3) sent.action = part(at);
  sent.payload = text.substr(at + 1, text.size() - at - 2);
  return sent;
}

}  // namespace bench
