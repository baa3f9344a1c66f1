class BelvoEmulator < Formula
  desc "Unofficial local stand-in for Belvo's API in tests"
  homepage "@BASE_URL@"
  version "@VERSION@"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "@BASE_URL@/@ARCHIVE aarch64-apple-darwin@"
      sha256 "@SHA256 aarch64-apple-darwin@"
    end
    on_intel do
      url "@BASE_URL@/@ARCHIVE x86_64-apple-darwin@"
      sha256 "@SHA256 x86_64-apple-darwin@"
    end
  end

  on_linux do
    on_arm do
      url "@BASE_URL@/@ARCHIVE aarch64-unknown-linux-gnu@"
      sha256 "@SHA256 aarch64-unknown-linux-gnu@"
    end
    on_intel do
      url "@BASE_URL@/@ARCHIVE x86_64-unknown-linux-gnu@"
      sha256 "@SHA256 x86_64-unknown-linux-gnu@"
    end
  end

  def install
    bin.install "belvo-emulator"
    man1.install Dir["man/*.1"]
    doc.install Dir["licences/*"]
    # The completions install nothing where the archive has none.
    bash_completion.install Dir["completions/belvo-emulator.bash"]
    zsh_completion.install Dir["completions/_belvo-emulator"]
    fish_completion.install Dir["completions/belvo-emulator.fish"]
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/belvo-emulator --version")
  end
end
