import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.painless.PainlessPlugin;
import org.opensearch.transport.Netty4Plugin;

/**
 * One node of OpenSearch on the loopback. It ends with the process that it is started for.
 *
 * <p>OpenSearch's own start refuses to run as root, which containers of CI do, so the node is embedded. Its settings
 * are those of the managed domain (infra/cluster.py), as far as they concern requests.
 */
final class Server extends Node {
    private Server(Settings settings) {
        super(
            InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "tests"),
            List.of(Netty4Plugin.class, PainlessPlugin.class),
            true);
    }

    /** Arguments: an empty folder, a port, and the id of the process. */
    public static void main(String[] arguments) throws Exception {
        Settings settings = Settings.builder()
            .put("path.home", Path.of(arguments[0]))
            .put("cluster.name", "tests")
            .put("node.name", "tests")
            .put("discovery.type", "single-node")
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .put("http.host", "127.0.0.1")
            .put("http.port", arguments[1])
            .put("http.type", "netty4")
            .put("transport.host", "127.0.0.1")
            .put("transport.port", 0)
            .put("transport.type", "netty4")
            .put("rest.action.multi.allow_explicit_index", false)
            .put("indices.query.bool.max_clause_count", 8192)
            .build();
        try (Server node = new Server(settings)) {
            node.start();
            ProcessHandle.of(Long.parseLong(arguments[2])).ifPresent(process -> process.onExit().join());
        }
        System.exit(0);
    }
}
