// Copy this file to src/test/java. It needs Docker, the image of the emulator, and org.testcontainers:testcontainers.

import java.util.UUID;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** An emulator in a container: {@code @Container static BelvoContainer belvo = new BelvoContainer();}. */
public final class BelvoContainer extends GenericContainer<BelvoContainer> {
    private static final int PORT = 23586;
    private static final String READY_LINE = "belvo-emulator ready on ";

    public BelvoContainer() {
        super(DockerImageName.parse("belvo-emulator"));
        withExposedPorts(PORT);
        // Awaiting a webhook moves the time on to it, so that nobody waits.
        withEnv("BELVO_EMULATOR_CLOCK", "skip");
        waitingFor(Wait.forLogMessage(".*" + READY_LINE + ".*\\n", 1));
    }

    public String baseUrl() {
        return "http://" + getHost() + ":" + getMappedPort(PORT);
    }

    /** An id that no other test has, and so an account of its own, with any password. */
    public String newSecretId(String name) {
        return name + "-" + UUID.randomUUID();
    }
}
