// mbedTLS: so far only its digests.
#ifndef MARTLET_CMBEDTLS_SHIM_H
#define MARTLET_CMBEDTLS_SHIM_H
#include <mbedtls/sha256.h>
#endif
