// WalletSigner
