// The certificates of a charger on mbedTLS 2.28, kept in a cabinet.
//
//   Entry                             Text
//   --------------------------------  ------------------------------------------------------
//   central0 …, manufacturer0 …       a root, PEM
//   own                               private key, then its certificate, then what leads to a root
//   own_before                        likewise: the one before, until the new one has worked
//   own_requested                     private key, then the request for its certificate
//
// A whole entry is written in one step, so that a key and its certificate never part. Working
// memory is mbedTLS's heap, and given back before each call returns.
#pragma once

#include "certificates/cabinet.h"
#include "certificates/chain.h"
#include "certificates/entry.h"
#include "hal/certificates.h"

namespace evse::certificates {

class ChargerCertificates final : public hal::Certificates {
 public:
  // `most_roots`: what the cabinet has room for, 1 to 20.
  ChargerCertificates(Cabinet& cabinet, int most_roots)
      : cabinet_(cabinet), most_roots_(most_roots) {}

  int roots(hal::RootKind kind) const override;
  int most_roots() const override { return most_roots_; }
  bool root(hal::RootKind kind, int index, hal::Digest digest,
            hal::CertificateHash& hash) const override;
  hal::Taken install(hal::RootKind kind, const char* pem, int64_t utc_us) override;
  bool remove(hal::RootKind kind, int index) override;

  bool has_own() const override;
  bool own(hal::Digest digest, hal::CertificateHash& hash) const override;
  bool own_validity(int64_t& from_utc_us, int64_t& until_utc_us) const override;
  void request(const char* common_name, const char* organisation) override;
  bool requested() const override;
  const char* request_pem() override;
  void forget_request() override;
  hal::Taken take_own(const char* chain_pem, int64_t utc_us) override;
  bool has_previous_own() const override;
  void confirm_own() override;
  void go_back_to_previous_own() override;

  int signer_key(const char* pem, int64_t utc_us, uint8_t* key, int capacity) override;

  const char* why() const override { return why_; }

 private:
  // Slot of the root of this index; false: there are fewer.
  bool find(hal::RootKind kind, int index, int& slot) const;
  bool read_root(hal::RootKind kind, int slot, Chain& chain) const;
  // All of a kind.
  void read_roots(hal::RootKind kind, Chain& chain) const;
  bool read_own(Chain& chain) const;
  const char* make_request(const char* common_name, const char* organisation);
  const char* wrong_with_own(Chain& chain, const Entry& requested, int64_t utc_us);
  const char* wrong_with_signer(Chain& chain, int64_t utc_us);
  hal::Taken bad(const char* why);
  hal::Taken failed();

  Cabinet& cabinet_;
  int most_roots_;
  const char* why_ = "";
  char request_[1200] = "";
};

}  // namespace evse::certificates
