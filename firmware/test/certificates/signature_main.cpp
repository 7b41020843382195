// Judges signatures: each line of standard input is digest, key and signature, hexadecimal; each
// line of standard output is 1 (signed) or 0.
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "certificates/signature.h"

namespace {

std::vector<uint8_t> bytes_of(const std::string& hex) {
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

}  // namespace

int main() {
  std::string digest_hex, key_hex, signature_hex;
  while (std::cin >> digest_hex >> key_hex >> signature_hex) {
    const std::vector<uint8_t> given = bytes_of(digest_hex);
    const std::vector<uint8_t> key = bytes_of(key_hex);
    const std::vector<uint8_t> signature = bytes_of(signature_hex);
    uint8_t digest[evse::certificates::kDigestBytes] = {};
    std::copy(given.begin(), given.end(), digest);
    std::cout << evse::certificates::is_signed(digest, key.data(), static_cast<int>(key.size()),
                                               signature.data(),
                                               static_cast<int>(signature.size()))
              << "\n";
  }
}
