// mbedtls.readthedocs.io: base64.h
#pragma once

#include <stddef.h>

int mbedtls_base64_encode(unsigned char* destination, size_t destination_size, size_t* written,
                          const unsigned char* source, size_t source_size);
