"""Prints what networkx reads in a GraphML file as JSON."""

import json
import sys

import networkx

graph = networkx.read_graphml(sys.argv[1], force_multigraph=True)
nodes = [[node, data] for node, data in graph.nodes(data=True)]
edges = [[source, target, key, data] for source, target, key, data in graph.edges(keys=True, data=True)]
json.dump({"directed": graph.is_directed(), "nodes": nodes, "edges": edges}, sys.stdout)
