// Reads a document a line, and prints what the OCPP client's reader has found in it: for each value
// its depth, its kind, and in hexadecimal its name and what it says. "no" where it is no JSON.
#include <stdio.h>

#include <iostream>
#include <string>

#include "ocpp/json.h"

namespace {

using namespace evse::ocpp;

void print_hex(const char* text) {
  putchar('<');
  for (; *text != '\0'; ++text) printf("%02x", static_cast<unsigned char>(*text));
  putchar('>');
}

void print(const Json* value, int depth) {
  constexpr char kKinds[] = "nftNTLO";
  printf("%d%c", depth, kKinds[static_cast<int>(value->kind)]);
  print_hex(value->name());
  print_hex(value->text());
  if (is_number(value)) {
    const Decimal found = decimal_of(*value, 3);
    const bool most = found.value == INT64_MAX || found.value == -INT64_MAX;
    printf("%lld%s", static_cast<long long>(found.value), found.whole || most ? "" : "+");
  }
  putchar(' ');
  for (const Json* each = first_of(value); each != nullptr; each = each->next()) {
    print(each, depth + 1);
  }
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    const Json* value = nullptr;
    switch (parse_json(line.data(), static_cast<int>(line.size()), value)) {
      case Parsed::Fine:
        print(value, 0);
        putchar('\n');
        break;
      case Parsed::NoJson:
        puts("no");
        break;
      case Parsed::TooMuch:
        puts("too much");
        break;
    }
  }
  return 0;
}
